using Godwit.Testing.Brokers;

namespace Godwit.Interop.Options;

/// <summary>The option lines with the broker under test.</summary>
public sealed class SubscriberOptionLinesWithGodwit(BrokerUnderTest broker) : SubscriberOptionLines
{
    protected override Task<BrokerAddress> BrokerAsync() => Task.FromResult(broker.Address);
}
