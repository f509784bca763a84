namespace Godwit.Broker.Security;

/// <summary>The part of the topic tree that a listener gives its clients: put before what they name, taken off what they are sent.</summary>
internal static class MountPoint
{
    /// <summary>The mount point of a client; empty when it has none.</summary>
    public static ReadOnlySpan<byte> Of(Identity? identity) => identity?.Listener?.MountPoint;

    /// <summary>A Topic Name as the broker knows it.</summary>
    /// <param name="identity">Of the client that names it.</param>
    /// <param name="topic">As the client names it.</param>
    /// <returns>The topic itself without a mount point; else a new array.</returns>
    public static ReadOnlySpan<byte> Add(Identity? identity, ReadOnlySpan<byte> topic)
    {
        var mount = Of(identity);
        if (mount.IsEmpty)
        {
            return topic;
        }

        var mounted = new byte[mount.Length + topic.Length];
        mount.CopyTo(mounted);
        topic.CopyTo(mounted.AsSpan(mount.Length));
        return mounted;
    }
}
