// Stands for the parts of GNU's library, which some submissions include by their own names.
#pragma once

#include <bits/stdc++.h>
