using System.Net;
using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Listeners;

/// <summary>One listener as it runs: who may come in there, how many are inside, and what its certificates are. Any thread.</summary>
/// <param name="options">Not changed afterwards.</param>
/// <param name="authentication">Who is asked about its clients; null: nobody.</param>
/// <param name="tls">Its certificates; null: not encrypted.</param>
internal sealed class Entrance(ListenerOptions options, IAuthentication? authentication, TlsContext? tls)
{
    private readonly IPNetwork[] _allow = [.. options.Allow];
    private readonly IPNetwork[] _deny = [.. options.Deny];
    private int _inside;

    internal ListenerOptions Options => options;

    internal TlsContext? Tls => tls;

    /// <summary>Null: every client comes in as anonymous.</summary>
    internal IAuthentication? Authentication { get; } = authentication is { IsOpen: false } ? authentication : null;

    /// <summary>What it says about its clients to the broker; null: nothing.</summary>
    internal ListenerRules? Rules { get; } = RulesOf(options, authentication);

    /// <summary>Who a client is when nobody is asked; null: nothing is known.</summary>
    internal Identity? Anonymous { get; } = RulesOf(options, authentication) is { } rules ? new Identity { Listener = rules } : null;

    /// <summary>Something has to be looked at when a client connects.</summary>
    internal bool IsGuarded { get; } = options.Allow.Count > 0 || options.Deny.Count > 0 || options.ConnectionsMax > 0;

    /// <summary>Connections inside; counted when it <see cref="IsGuarded"/>.</summary>
    internal int Inside => Volatile.Read(ref _inside);

    /// <summary>Plain TCP without a header of a proxy can be served by the epoll transport.</summary>
    internal bool IsPlain => options is { Protocol: ListenerProtocol.Mqtt, Tls: null, UnixPath: null, ProxyProtocol: false };

    /// <summary>May this address connect? The one place where addresses are judged: by the socket, and behind a trusted proxy by what that says.</summary>
    /// <param name="address">Null on a Unix socket.</param>
    /// <returns>Null: yes; else why not, in words for the log.</returns>
    internal string? RefusalOf(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IsIn(_deny, plain))
        {
            return "Deny names its address";
        }

        return _allow.Length > 0 && !IsIn(_allow, plain) ? "Allow does not name its address" : null;
    }

    /// <summary>Counts a connection in.</summary>
    /// <returns>False: there are <see cref="ListenerOptions.ConnectionsMax"/> already.</returns>
    internal bool TryEnter()
    {
        if (!IsGuarded)
        {
            return true;
        }

        var inside = Interlocked.Increment(ref _inside);
        if (options.ConnectionsMax == 0 || inside <= options.ConnectionsMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>A connection that entered has ended.</summary>
    internal void Leave()
    {
        if (IsGuarded)
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    /// <summary>A proxy whose word about a client's address is taken.</summary>
    internal bool IsTrustedProxy(IPAddress? address) =>
        address is null || IsIn(options.TrustedProxies, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static ListenerRules? RulesOf(ListenerOptions options, IAuthentication? authentication)
    {
        var methods = authentication is { IsOpen: false } ? authentication.Methods : [];
        var says = methods.Count > 0 || options.Name is not null || options.Acl is not null || options.MountPoint is not null || options.MaximumQoS != QoS.ExactlyOnce || options.KeepAliveSecondsMax > 0 || options.Versions.Count > 0
            || options.AllowEmptyClientId is not null || options.AssignedClientIdPrefix is not null;
        return !says
            ? null
            : new ListenerRules
            {
                Name = options.Name,
                Acl = options.Acl,
                MountPoint = options.MountPoint is null ? null : Encoding.UTF8.GetBytes(options.MountPoint),
                MaximumQoS = options.MaximumQoS,
                KeepAliveSecondsMax = options.KeepAliveSecondsMax,
                Versions = options.Versions,
                AllowEmptyClientId = options.AllowEmptyClientId,
                AssignedClientIdPrefix = options.AssignedClientIdPrefix,
                AuthenticationMethods = methods,
            };
    }

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
