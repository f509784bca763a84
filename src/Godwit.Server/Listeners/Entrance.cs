using System.Net;
using Godwit.Broker.Security;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Listeners;

/// <summary>
/// One listener as it runs: who may come in there, how many are inside, and what its certificates are. A reload exchanges its state; who is inside
/// stays there. Any thread.
/// </summary>
/// <param name="state">To begin with.</param>
internal sealed class Entrance(EntranceState state)
{
    private volatile EntranceState _state = state;
    private int _inside;

    /// <summary>What holds for those who come.</summary>
    internal EntranceState State => _state;

    internal ListenerOptions Options => _state.Options;

    internal TlsContext? Tls => _state.Tls;

    /// <inheritdoc cref="EntranceState.Authentication"/>
    internal IAuthentication? Authentication => _state.Authentication;

    /// <inheritdoc cref="EntranceState.Rules"/>
    internal ListenerRules? Rules => _state.Rules;

    /// <inheritdoc cref="EntranceState.Anonymous"/>
    internal Identity? Anonymous => _state.Anonymous;

    /// <inheritdoc cref="EntranceState.JudgesAddresses"/>
    internal bool JudgesAddresses => _state.JudgesAddresses;

    /// <summary>Connections inside.</summary>
    internal int Inside => Volatile.Read(ref _inside);

    /// <summary>Plain TCP without a header of a proxy can be served by the epoll transport.</summary>
    internal bool IsPlain => Options is { Protocol: ListenerProtocol.Mqtt, Tls: null, UnixPath: null, ProxyProtocol: false };

    /// <summary>From now on something else holds for those who come.</summary>
    internal void Change(EntranceState next) => _state = next;

    /// <summary>May this address connect? The one place where addresses are judged: by the socket, and behind a trusted proxy by what that says.</summary>
    /// <param name="address">Null on a Unix socket.</param>
    /// <returns>Null: yes; else why not, in words for the log.</returns>
    internal string? RefusalOf(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        var options = Options;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IsIn(options.Deny, plain))
        {
            return "Deny names its address";
        }

        return options.Allow.Count > 0 && !IsIn(options.Allow, plain) ? "Allow does not name its address" : null;
    }

    /// <summary>Counts a connection in.</summary>
    /// <returns>False: there are <see cref="ListenerOptions.ConnectionsMax"/> already.</returns>
    internal bool TryEnter()
    {
        var limit = Options.ConnectionsMax;
        var inside = Interlocked.Increment(ref _inside);
        if (limit == 0 || inside <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>A connection that entered has ended.</summary>
    internal void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>A proxy whose word about a client's address is taken.</summary>
    internal bool IsTrustedProxy(IPAddress? address) =>
        address is null || IsIn(Options.TrustedProxies, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        for (var i = 0; i < networks.Count; i++)
        {
            if (networks[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
