namespace Godwit.Server.Configuration;

/// <summary>What happens to a listener.</summary>
public enum ListenerChangeKind
{
    /// <summary>It is opened; there was none at its place.</summary>
    Opened,

    /// <summary>It is closed, and its connections with it.</summary>
    Closed,

    /// <summary>Other settings hold for those who come; its connections stay.</summary>
    Changed,

    /// <summary>It is closed with its connections, and opened with other settings.</summary>
    Reopened,
}
