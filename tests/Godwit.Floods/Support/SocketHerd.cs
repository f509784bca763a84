using System.Collections;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>Many connections that are held at the same time.</summary>
internal sealed class SocketHerd : IReadOnlyList<FloodClient>, IDisposable
{
    private readonly List<FloodClient> _clients = [];

    /// <summary>Opens connections.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="clientId">Of the connection with this number; null: they send nothing.</param>
    public SocketHerd(BrokerAddress broker, int count, Func<int, string>? clientId = null)
    {
        for (var i = 0; i < count; i++)
        {
            _clients.Add(clientId is null ? FloodClient.Open(broker) : FloodClient.Connect(broker, clientId(i)));
        }
    }

    public int Count => _clients.Count;

    public FloodClient this[int index] => _clients[index];

    /// <summary>Waits until the broker has closed them all.</summary>
    public void ReceiveEnds() => _clients.ForEach(client => client.ReceiveEnd());

    public IEnumerator<FloodClient> GetEnumerator() => _clients.GetEnumerator();

    public void Dispose() => _clients.ForEach(client => client.Reset());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
