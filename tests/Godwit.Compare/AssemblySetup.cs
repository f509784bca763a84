// Brokers run under load here: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
