using System.Net;
using Godwit.Server.Listeners;

namespace Godwit.Server.Hosting;

/// <summary>One listener with what was bound for it.</summary>
/// <param name="entrance">As it runs.</param>
internal sealed class ListenerPlace(Entrance entrance)
{
    private readonly List<EndPoint> _bound = [];

    internal Entrance Entrance => entrance;

    /// <summary>What it is made of now.</summary>
    internal ListenerOptions Options => entrance.Options;

    /// <summary>Addresses with the ports that were really bound, or a Unix socket.</summary>
    internal IReadOnlyList<EndPoint> Bound => _bound;

    /// <summary>For the start table.</summary>
    internal IEnumerable<ListenerInfo> Infos => _bound.Select(InfoOf);

    /// <summary>Something was bound. While it is made, or the reload that makes it.</summary>
    internal void Add(EndPoint bound) => _bound.Add(bound);

    private ListenerInfo InfoOf(EndPoint bound)
    {
        var isLocal = bound is not IPEndPoint address || IPAddress.IsLoopback(address.Address);
        return new ListenerInfo(
            ListenerWords.Protocol(entrance.Options),
            bound,
            entrance.Tls is not null,
            ListenerWords.Audience(entrance.Options, entrance.Authentication is not null, isLocal));
    }
}
