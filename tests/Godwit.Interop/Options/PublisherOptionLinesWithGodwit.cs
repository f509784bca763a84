using Godwit.Testing.Brokers;

namespace Godwit.Interop.Options;

/// <summary>The option lines with the broker under test.</summary>
public sealed class PublisherOptionLinesWithGodwit(BrokerUnderTest broker) : PublisherOptionLines
{
    protected override Task<BrokerAddress> BrokerAsync() => Task.FromResult(broker.Address);
}
