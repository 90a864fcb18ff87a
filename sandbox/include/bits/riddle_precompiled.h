// What is precompiled for programs that include <bits/stdc++.h>, and for most that do not.
#pragma once

#include <bits/stdc++.h>

#include <bits/riddle_once.h>

#include <bits/riddle_instances.h>
