// A load tool uses the machine as it is; two of them at once would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
