// Brokers are killed under load, and their order of writing and their memory are measured: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
