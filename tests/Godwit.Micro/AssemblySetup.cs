// Allocations are counted per thread, but collections that other tests cause empty the pools that they come from.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
