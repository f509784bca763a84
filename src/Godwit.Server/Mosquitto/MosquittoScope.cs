namespace Godwit.Server.Mosquitto;

/// <summary>To which part of a <c>mosquitto.conf</c> an option belongs.</summary>
public enum MosquittoScope
{
    /// <summary>The whole broker, wherever the line stands.</summary>
    General,

    /// <summary>The whole broker; with <c>per_listener_settings true</c> the <c>listener</c> above the line.</summary>
    Access,

    /// <summary>The <c>listener</c> above the line.</summary>
    Listener,

    /// <summary>The plugin above the line.</summary>
    Plugin,

    /// <summary>The bridge, named by <c>connection</c>, above the line.</summary>
    Bridge,
}
