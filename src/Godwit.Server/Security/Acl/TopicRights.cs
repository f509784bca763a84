namespace Godwit.Server.Security.Acl;

/// <summary>
/// The topics that a login brings with it: named by the claims of a token, or by the service that was asked about the password. Immutable. It
/// stands in the identity of the client. The rules are asked first, and where none of them decides, these topics are what the client may use.
/// </summary>
public sealed class TopicRights
{
    private TopicRights(AclFilter[] publish, AclFilter[] read)
    {
        PublishFilters = publish;
        ReadFilters = read;
    }

    /// <summary>Nothing at all: a login whose answer names no topic.</summary>
    public static TopicRights None { get; } = new([], []);

    /// <summary>Topic Filters it may publish to, in order. <c>%u</c> stands for the user name, <c>%c</c> for the client identifier.</summary>
    public IReadOnlyList<string> Publish => [.. PublishFilters.Select(filter => filter.Text)];

    /// <summary>Topic Filters it may subscribe to and receive from, in order; the same signs.</summary>
    public IReadOnlyList<string> Read => [.. ReadFilters.Select(filter => filter.Text)];

    internal AclFilter[] PublishFilters { get; }

    internal AclFilter[] ReadFilters { get; }

    /// <summary>Makes them.</summary>
    /// <param name="publish">Topic Filters without <c>$share</c>; may be empty: it may publish nothing.</param>
    /// <param name="read">The same for subscribing and receiving.</param>
    /// <param name="rights">Meaningful only when true is returned.</param>
    /// <param name="error">Which filter is not one, else empty.</param>
    /// <returns>False: one of the filters is not valid. The login must fail then: half of its rights would be a guess.</returns>
    public static bool TryCreate(IEnumerable<string> publish, IEnumerable<string> read, out TopicRights rights, out string error)
    {
        rights = None;
        if (!TryCompile(publish, out var publishFilters, out error) || !TryCompile(read, out var readFilters, out error))
        {
            return false;
        }

        rights = new TopicRights(publishFilters, readFilters);
        return true;
    }

    internal bool Has(in AclRequest request, ReadOnlySpan<byte> topic)
    {
        foreach (var filter in request.Action == AclActions.Publish ? PublishFilters : ReadFilters)
        {
            if (filter.Matches(topic, request.ClientId, request.UserName))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryCompile(IEnumerable<string> texts, out AclFilter[] filters, out string error)
    {
        var list = new List<AclFilter>();
        filters = [];
        foreach (var text in texts)
        {
            if (!AclFilter.TryParse(text, out var filter, out error))
            {
                return false;
            }

            list.Add(filter);
        }

        filters = [.. list];
        error = "";
        return true;
    }
}
