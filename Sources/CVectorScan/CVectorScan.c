// The header is the whole of it; a target wants one file to compile.
#include "CVectorScan.h"
