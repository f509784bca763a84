using System.Runtime.InteropServices;
using Godwit.Broker.Messages;

namespace Godwit.Broker.Protection;

/// <summary>How many retained messages each principal has published, for <see cref="UserQuotas"/>. Under the lock of the topic tree.</summary>
internal sealed class RetainedOwners
{
    private readonly Dictionary<Principal, int> _counts = [];

    /// <summary>Principals that have any.</summary>
    public int Count => _counts.Count;

    /// <summary>How many a principal has.</summary>
    public int CountOf(in Principal owner) => _counts.GetValueOrDefault(owner);

    /// <summary>May this message come to its topic? What replaces a message of the same principal needs no room.</summary>
    /// <param name="message">The new one.</param>
    /// <param name="old">The message of its topic; null: there is none.</param>
    /// <param name="max">Most messages of one principal.</param>
    public bool HasRoom(Message message, Message? old, int max) =>
        OwnerOf(message) is not { } owner || (old is not null && OwnerOf(old) == owner) || CountOf(owner) < max;

    /// <summary>A message has come to its topic.</summary>
    /// <param name="message">The new one.</param>
    /// <param name="old">The one that it has replaced; null: there was none.</param>
    public void Replace(Message message, Message? old)
    {
        if (old is not null)
        {
            Remove(old);
        }

        if (OwnerOf(message) is { } owner)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, owner, out _)++;
        }
    }

    /// <summary>A message has gone.</summary>
    public void Remove(Message message)
    {
        if (OwnerOf(message) is not { } owner)
        {
            return;
        }

        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, owner);
        if (--count == 0)
        {
            _counts.Remove(owner);
        }
    }

    /// <summary>Null: the broker itself has published it.</summary>
    private static Principal? OwnerOf(Message message)
    {
        if (message.PublisherIdentity?.UserName is { } userName)
        {
            return new Principal(userName, IsUser: true);
        }

        return message.PublisherId is { } clientId ? new Principal(clientId, IsUser: false) : null;
    }
}
