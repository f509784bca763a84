namespace Godwit.Storage.Tools;

/// <summary>Which records of a log are wanted; both conditions have to be met, and what is not given is not asked for.</summary>
/// <param name="ClientId">Records of the sessions of this client, messages it published and messages for it.</param>
/// <param name="TopicFilter">
/// Messages and wills whose topic matches this filter, what happened to them afterwards, and subscriptions with this filter or, when it has no
/// wildcard, to this topic.
/// </param>
public sealed record StoreDumpFilter(string? ClientId = null, string? TopicFilter = null);
