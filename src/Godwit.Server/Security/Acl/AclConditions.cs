using Godwit.Protocol;

namespace Godwit.Server.Security.Acl;

/// <summary>Whom a rule means, and which messages. What is not said is always met. Users are not asked about here: the index knows them.</summary>
internal sealed class AclConditions
{
    /// <summary>Everybody, everything.</summary>
    public static readonly AclConditions None = new();

    /// <summary>User names, exactly; empty: not said.</summary>
    public string[] Users { get; init; } = [];

    /// <summary>True: only clients without a user name; false: only those with one.</summary>
    public bool? Anonymous { get; init; }

    /// <summary>One of these groups, exactly.</summary>
    public string[] Groups { get; init; } = [];

    /// <summary>Client identifiers, exactly; a <c>*</c> at the end stands for anything.</summary>
    public string[] Clients { get; init; } = [];

    /// <summary>Where it comes from.</summary>
    public AclNetwork[] Networks { get; init; } = [];

    /// <summary>Names of listeners.</summary>
    public string[] Listeners { get; init; } = [];

    /// <summary>Only up to this QoS.</summary>
    public QoS? QoSMax { get; init; }

    /// <summary>Only messages with this retain flag.</summary>
    public bool? Retain { get; init; }

    /// <summary>Only clients whose user name or client identifier has a wildcard in it.</summary>
    public bool DangerousNames { get; init; }

    /// <summary>They are met.</summary>
    /// <param name="request">By this question.</param>
    /// <param name="allows">The rule allows: decides what is taken for granted of a client of the past.</param>
    public bool AreMet(in AclRequest request, bool allows) =>
        (Anonymous is not { } anonymous || anonymous == (request.UserName is null))
        && (QoSMax is not { } most || request.QoS <= most)
        && (Retain is not { } retain || retain == request.Retain)
        && (Clients.Length == 0 || HasClient(request.ClientId))
        && (!DangerousNames || IsDangerous(request))
        && (Groups.Length == 0 || HasGroup(request) || IsTakenForGranted(request, allows))
        && (Networks.Length == 0 || HasAddress(request) || IsTakenForGranted(request, allows))
        && (Listeners.Length == 0 || HasListener(request) || IsTakenForGranted(request, allows));

    private static bool IsTakenForGranted(in AclRequest request, bool allows) => allows && request.IsPast && request.Identity?.Address is null;

    private static bool IsDangerous(in AclRequest request) =>
        AclName.IsDangerous(request.ClientId) || (request.UserName is { } userName && AclName.IsDangerous(userName));

    private bool HasClient(string clientId)
    {
        foreach (var name in Clients)
        {
            if (name.EndsWith('*') ? clientId.AsSpan().StartsWith(name.AsSpan(0, name.Length - 1), StringComparison.Ordinal) : string.Equals(name, clientId, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasGroup(in AclRequest request)
    {
        if (request.Identity is not { } identity)
        {
            return false;
        }

        for (var i = 0; i < identity.Groups.Count; i++)
        {
            if (Groups.AsSpan().Contains(identity.Groups[i]))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasAddress(in AclRequest request)
    {
        if (request.Identity?.Address is not { } address)
        {
            return false;
        }

        foreach (var network in Networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasListener(in AclRequest request) =>
        request.Identity?.Listener?.Name is { } name && Listeners.AsSpan().Contains(name);
}
