using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>The latest values of <c>$SYS/broker/</c>.</summary>
internal sealed class SysFigures : IDisposable
{
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly PatientClient _client;
    private volatile int _reports;

    public SysFigures(BrokerAddress broker) => _client = new PatientClient(broker, "figures", "$SYS/broker/#", Arrived);

    /// <summary>A number of the report before last or a newer one; 0 when there is none.</summary>
    public long this[string name] =>
        _values.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>Waits until the broker has reported what it knows now: the second report from here began after this call.</summary>
    public void WaitForNews()
    {
        var wanted = _reports + 2;
        Eventually.IsTrue(() => _reports >= wanted, () => "no news in $SYS");
    }

    public void Dispose() => _client.Dispose();

    private void Arrived(in PublishPacket publish)
    {
        var name = Encoding.UTF8.GetString(publish.Topic["$SYS/broker/".Length..]);
        _values[name] = Encoding.UTF8.GetString(publish.Payload);
        if (name.Equals("uptime", StringComparison.Ordinal))
        {
            _reports++;
        }
    }
}
