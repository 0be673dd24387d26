"""A package, so that the cluster goes down after the last test of this folder and not after the last of all."""
