"""The mathematics of the workbench: arrays and indices in, frozen values out; no names, no currency, no files, no clock."""
