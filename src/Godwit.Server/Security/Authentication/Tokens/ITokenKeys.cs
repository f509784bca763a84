namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>Where the keys of tokens come from.</summary>
internal interface ITokenKeys
{
    /// <summary>The keys as they are now; null: there are none yet, or those there are cannot be trusted any more.</summary>
    TokenKeySet? Current { get; }

    /// <summary>A token names a key that is not there: perhaps it is new. Waits until it was looked for, if it may be.</summary>
    ValueTask LookForNewAsync(CancellationToken cancellation);
}
