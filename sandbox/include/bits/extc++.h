// GNU's extensions are not here yet; what includes them all for one standard header finds that.
#pragma once
#include <bits/stdc++.h>
