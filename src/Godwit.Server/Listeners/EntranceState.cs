using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Listeners;

/// <summary>What a reload exchanges of an <see cref="Entrance"/>, in one step. Immutable, but for certificates that are read anew.</summary>
/// <param name="options">Not changed afterwards.</param>
/// <param name="authentication">Who is asked about its clients; null: nobody.</param>
/// <param name="tls">Its certificates; null: not encrypted.</param>
internal sealed class EntranceState(ListenerOptions options, IAuthentication? authentication, TlsContext? tls)
{
    internal ListenerOptions Options => options;

    internal TlsContext? Tls => tls;

    /// <summary>Null: every client comes in as anonymous.</summary>
    internal IAuthentication? Authentication { get; } = authentication is { IsOpen: false } ? authentication : null;

    /// <summary>What it says about its clients to the broker; null: nothing.</summary>
    internal ListenerRules? Rules { get; } = RulesOf(options, authentication);

    /// <summary>Who a client is when nobody is asked; null: nothing is known.</summary>
    internal Identity? Anonymous { get; } = RulesOf(options, authentication) is { } rules ? new Identity { Listener = rules } : null;

    /// <summary>Addresses have to be looked at.</summary>
    internal bool JudgesAddresses { get; } = options.Allow.Count > 0 || options.Deny.Count > 0;

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
}
