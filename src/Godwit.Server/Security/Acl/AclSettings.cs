using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Security.Acl;

/// <summary>The section <c>Acl</c> of the configuration, and each of its sets.</summary>
public sealed class AclSettings
{
    /// <summary>Name of a set, for the listeners that name it; empty: the broker's rules.</summary>
    public string Name { get; set; } = "";

    /// <summary>Rules; the first that is about a question decides. Without any, and without a file, everything is allowed.</summary>
    public List<AclRuleSettings> Rules { get; } = [];

    /// <summary>
    /// A file; null: none. JSON holds further rules, asked after <see cref="Rules"/>; anything else is an ACL file as Mosquitto reads it, and
    /// stands instead of them.
    /// </summary>
    public string? File { get; set; }

    /// <summary>With Mosquitto's file: refuse a SUBSCRIBE of which nothing could be received, instead of granting every one.</summary>
    public bool CheckSubscribe { get; set; }

    /// <summary>A retained message is delivered only while its publisher still may publish it; of a set, for publishers whose rules it is.</summary>
    public bool CheckRetainSource { get; set; } = true;

    /// <summary>Nothing is enforced: what would be denied is counted and logged.</summary>
    public bool ReportOnly { get; set; }

    /// <summary>Who is asked where no rule decides, whatever the listener. A set has none.</summary>
    public AuthorizationSettings Asking { get; } = new();

    /// <summary>Sets for listeners that name them. A set has none.</summary>
    public List<AclSettings> Sets { get; } = [];
}
