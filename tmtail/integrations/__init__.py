"""The tasks in the interfaces of other libraries, one module for each; all are optional."""
