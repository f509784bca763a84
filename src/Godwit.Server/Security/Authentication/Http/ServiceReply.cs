using System.Net;

namespace Godwit.Server.Security.Authentication.Http;

/// <summary>What came of a question to a service.</summary>
internal readonly struct ServiceReply
{
    /// <summary>Why there is no answer; null: there is one.</summary>
    internal string? Failure { get; init; }

    /// <summary>It was not asked, because too many questions wait.</summary>
    internal bool IsBusy { get; init; }

    /// <summary>Of the answer.</summary>
    internal HttpStatusCode Status { get; init; }

    /// <summary>Of the answer; may be empty.</summary>
    internal byte[] Body { get; init; }
}
