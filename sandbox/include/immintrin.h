// Empty: submissions include it beside `#pragma GCC target` and mostly use nothing of it. There are no
// vector instructions of x86 here.
#pragma once
