// One after the other: what a target allocates is measured for the whole process, and two processors are few.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
