"""The texts of other simulators, each read into a table and written from one."""
