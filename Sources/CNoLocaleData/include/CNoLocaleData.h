// Nothing to call: linking the target is what counts (NoLocaleData.c).
