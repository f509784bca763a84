using Godwit.Testing.Brokers;

[assembly: AssemblyFixture(typeof(BrokerUnderTest))]
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
