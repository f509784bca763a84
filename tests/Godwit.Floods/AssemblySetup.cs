// Memory and latency are measured: one flood at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
