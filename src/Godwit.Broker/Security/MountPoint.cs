using Godwit.Protocol.Topics;

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
        Write(mount, topic, mounted);
        return mounted;
    }

    /// <summary>The same for a hot path.</summary>
    /// <param name="identity">Of the client that names it; it has a mount point.</param>
    /// <param name="topic">As the client names it.</param>
    /// <param name="scratch">Where it is put; made larger when it is too small.</param>
    public static ReadOnlySpan<byte> Add(Identity? identity, ReadOnlySpan<byte> topic, ref byte[] scratch)
    {
        var mount = Of(identity);
        var size = mount.Length + topic.Length;
        if (scratch.Length < size)
        {
            scratch = new byte[2 * size];
        }

        Write(mount, topic, scratch);
        return scratch.AsSpan(0, size);
    }

    /// <summary>A Topic Filter as the broker knows it. Of a shared subscription, what stands behind <c>$share/name/</c> is in the mount point.</summary>
    /// <param name="identity">Of the client that names it.</param>
    /// <param name="filter">As the client names it.</param>
    /// <returns>The filter itself without a mount point; else a new array.</returns>
    public static ReadOnlySpan<byte> AddToFilter(Identity? identity, ReadOnlySpan<byte> filter)
    {
        var mount = Of(identity);
        if (mount.IsEmpty || !TopicFilter.TryParse(filter, out var parsed))
        {
            return filter;
        }

        var mounted = new byte[mount.Length + filter.Length];
        var head = filter.Length - parsed.Filter.Length;
        filter[..head].CopyTo(mounted);
        Write(mount, parsed.Filter, mounted.AsSpan(head));
        return mounted;
    }

    private static void Write(ReadOnlySpan<byte> mount, ReadOnlySpan<byte> topic, Span<byte> destination)
    {
        mount.CopyTo(destination);
        topic.CopyTo(destination[mount.Length..]);
    }
}
