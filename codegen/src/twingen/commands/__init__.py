"""What the commands do, one module for each or for a few that are akin.

Every function returns the exit code. Findings go to standard error for people and
to standard output for machines; results (twins, diffs, places, manuals) go to
standard output alone. The command line loads the module of its command alone, and
`twins` what converts only when something is to be converted: to load libcst and
black takes longer than to find that all is in step.
"""
