using System.Runtime.CompilerServices;
using Godwit.Links;
using Godwit.Links.Namespaces;
using Godwit.Links.Relay;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

[assembly: AssemblyFixture(typeof(BrokerUnderTest))]
[assembly: AssemblyFixture(typeof(DelayedBroker))]
[assembly: AssemblyFixture(typeof(DelayedKestrelBroker))]
[assembly: AssemblyFixture(typeof(KestrelBroker))]
[assembly: AssemblyFixture(typeof(LossyLink))]

// These tests wait much more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 40)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Godwit.Links;

/// <summary>The one setting that gives the scenarios of Godwit.Interop more time than a good link needs.</summary>
internal static class AssemblySetup
{
    [ModuleInitializer]
    internal static void GiveTime() => Deadlines.Factor = 9;
}
