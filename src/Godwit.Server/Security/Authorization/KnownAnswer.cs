namespace Godwit.Server.Security.Authorization;

/// <summary>What was answered once. Immutable, but that it may be asked anew, by one at a time.</summary>
/// <param name="isAllowed">The answer.</param>
/// <param name="until">When it is too old, in timestamps of the clock.</param>
/// <param name="reason">Who said it.</param>
internal sealed class KnownAnswer(bool isAllowed, long until, string reason)
{
    private long _askedAgain;

    internal bool IsAllowed => isAllowed;

    internal long Until => until;

    internal string Reason => reason;

    /// <summary>When it was asked anew; 0: it was not. The answer to that takes the place of this one.</summary>
    internal long AskedAgain => Volatile.Read(ref _askedAgain);

    /// <summary>It is to be asked anew.</summary>
    /// <returns>True: by the caller.</returns>
    internal bool TryAskAgain(long now) => Interlocked.CompareExchange(ref _askedAgain, now, 0) == 0;
}
