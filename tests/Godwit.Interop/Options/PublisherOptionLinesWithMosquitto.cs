using Godwit.Testing.Brokers;

namespace Godwit.Interop.Options;

/// <summary>The option lines with Debian's mosquitto as the broker.</summary>
public sealed class PublisherOptionLinesWithMosquitto(MosquittoFixture mosquitto) : PublisherOptionLines, IClassFixture<MosquittoFixture>
{
    protected override Task<BrokerAddress> BrokerAsync() => mosquitto.OpenAsync();
}
