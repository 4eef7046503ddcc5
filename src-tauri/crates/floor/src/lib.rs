//! Nothing: so that this package has something to build where its window is left out.
