using Godwit.House.Metadata;

namespace Godwit.House.Rules;

/// <summary>
/// The core takes inputs and the time, and writes through a port: Protocol and Broker hold no clock, randomness, task, thread,
/// lock, socket, file or console. So every behaviour can be replayed from its inputs.
/// </summary>
public static class PurityRule
{
    /// <summary>The only types that may synchronise: what the shards share (docs/architecture.md, "What is shared").</summary>
    public static readonly IReadOnlyList<PurityException> Exceptions =
    [
        new("Godwit.Broker.Routing.TopicTree", "lock-free readers on every shard, one writer at a time"),
        new("Godwit.Broker.Routing.TopicNode", "a part of the topic tree"),
        new("Godwit.Broker.Routing.TopicChildren", "a part of the topic tree"),
        new("Godwit.Broker.Routing.SubscriberList", "a part of the topic tree"),
        new("Godwit.Broker.Routing.SharedGroupTable", "a part of the topic tree"),
        new("Godwit.Broker.Routing.SharedGroup", "a part of the topic tree; the publisher's shard picks the member"),
        new("Godwit.Broker.Protection.UserUsages", "a user's sessions are in any shard; touched when a session changes hands"),
        new("Godwit.Broker.Protection.UserUsage", "the figures of one user"),
        new("Godwit.Broker.Protection.DoorCounts", "listeners count what they refuse before there is a shard"),
        new("Godwit.Broker.Messages.MessagePool", "the last reference to a message is released on any shard"),
        new("Godwit.Broker.Messages.Message", "its references are held by several shards"),
        new("Godwit.Broker.Shards.Mailbox", "other shards and the host post to it"),
        new("Godwit.Broker.Log.Ticket", "the shard that writes sets it, answers and queues of any shard wait for it"),
        new("Godwit.Broker.Log.PendingPublish", "several shards name their recipients"),
        new("Godwit.Broker.Log.RetainedWrite", "who replaces or clears a retained message on another shard waits for its record"),
        new("Godwit.Broker.Sessions.Session", "other shards ask whether its client is connected; a stale answer is as good"),
    ];

    private static readonly string[] ForbiddenPrefixes =
    [
        "native ",
        "System.Collections.Concurrent.",
        "System.IO.",
        "System.Net.",
        "System.Threading.",
        "System.Timers.",
        "System.Runtime.CompilerServices.Async",
        "System.Runtime.CompilerServices.IAsync",
        "System.Runtime.CompilerServices.IsVolatile",
        "System.Runtime.CompilerServices.ConfiguredTask",
        "System.Runtime.CompilerServices.TaskAwaiter",
        "System.Runtime.CompilerServices.ValueTaskAwaiter",
    ];

    private static readonly HashSet<string> ForbiddenTypes = new()
    {
        "System.Console",
        "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch",
        "System.Environment",
        "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator",
        "System.TimeProvider",
    };

    private static readonly HashSet<string> ForbiddenMembers = new()
    {
        "System.DateTime::get_Now",
        "System.DateTime::get_Today",
        "System.DateTime::get_UtcNow",
        "System.DateTimeOffset::get_Now",
        "System.DateTimeOffset::get_UtcNow",
        "System.Guid::CreateVersion7",
        "System.Guid::NewGuid",
    };

    private static readonly HashSet<string> Harmless = new()
    {
        // Addresses are data; nothing is looked up and nothing is sent.
        "System.Net.EndPoint",
        "System.Net.IPAddress",
        "System.Net.IPEndPoint",

        // Thrown and caught, never done.
        "System.IO.InvalidDataException",

        // The compiler puts this into every iterator block.
        "System.Environment::get_CurrentManagedThreadId",
    };

    private static readonly string[] Synchronisation =
    [
        "System.Collections.Concurrent.",
        "System.Runtime.CompilerServices.IsVolatile",
        "System.Threading.Interlocked",
        "System.Threading.Lock",
        "System.Threading.Monitor",
        "System.Threading.SpinWait",
        "System.Threading.Volatile",
    ];

    /// <summary>Looks at what an assembly uses.</summary>
    /// <returns>One sentence for each forbidden use.</returns>
    public static IEnumerable<string> Check(IReadOnlyList<TypeUse> uses)
    {
        // A member is always met together with its type: Environment.get_CurrentManagedThreadId alone must not count as Environment.
        var excused = uses
            .GroupBy(use => (use.Type, TypeOf(use.Used)))
            .Where(group => group.Any(IsMember) && group.Where(IsMember).All(use => Harmless.Contains(use.Used)))
            .Select(group => group.Key)
            .ToHashSet();

        return uses
            .Where(use => IsForbidden(use.Used) && !excused.Contains((use.Type, TypeOf(use.Used))) && !IsException(use))
            .Select(use => $"{use.Type} uses {use.Used}");
    }

    /// <summary>Looks for exceptions that are no longer needed.</summary>
    /// <returns>One sentence for each.</returns>
    public static IEnumerable<string> CheckExceptions(IReadOnlyList<TypeUse> uses) =>
        Exceptions.Where(exception => !uses.Any(use => exception.Type == use.Type && IsSynchronisation(use)))
            .Select(exception => $"{exception.Type} does not synchronise, or does not exist: it needs no exception");

    private static bool IsMember(TypeUse use) => use.Used.Contains("::", StringComparison.Ordinal);

    private static string TypeOf(string used) => used.Split("::")[0];

    private static bool IsForbidden(string used)
    {
        var type = TypeOf(used);
        return !Harmless.Contains(type)
            && (ForbiddenMembers.Contains(used)
                || ForbiddenTypes.Contains(type)
                || ForbiddenPrefixes.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static bool IsException(TypeUse use) =>
        IsSynchronisation(use) && Exceptions.Any(exception => exception.Type == use.Type);

    private static bool IsSynchronisation(TypeUse use) =>
        Synchronisation.Any(allowed => use.Used.StartsWith(allowed, StringComparison.Ordinal));
}
