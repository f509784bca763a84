using Godwit.Broker.Messages;
using Godwit.Broker.Routing;

namespace Godwit.Broker.Sessions;

/// <summary>One message in a session's queue or window.</summary>
/// <param name="Message">Shared with other receivers; the queue holds one reference.</param>
/// <param name="Identifiers">Subscription Identifiers to send along; null for none.</param>
/// <param name="Group">The shared group it came through, so that it can go to another member; null when none.</param>
/// <param name="Retain">RETAIN as this receiver sees it.</param>
internal readonly record struct QueuedMessage(Message Message, uint[]? Identifiers, SharedGroup? Group, bool Retain);
