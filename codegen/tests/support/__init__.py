"""What the tests of twingen share: sample projects, examples, random programs, time."""
