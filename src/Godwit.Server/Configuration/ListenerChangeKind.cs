namespace Godwit.Server.Configuration;

/// <summary>What happens to a listener.</summary>
public enum ListenerChangeKind
{
    /// <summary>It is opened; there was none at its place.</summary>
    Opened,

    /// <summary>It is closed, and its connections with it.</summary>
    Closed,

    /// <summary>It is closed with its connections, and opened with other settings.</summary>
    Reopened,

    /// <summary>It stays open, and so do its connections; new ones find the new settings.</summary>
    Changed,
}
