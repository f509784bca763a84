using Godwit.Interop.Brokers;

[assembly: AssemblyFixture(typeof(BrokerUnderTest))]
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
