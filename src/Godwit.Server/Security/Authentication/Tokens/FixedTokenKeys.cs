namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>Keys of a file; a reload of the configuration reads them again.</summary>
internal sealed class FixedTokenKeys(TokenKeySet keys) : ITokenKeys
{
    /// <inheritdoc/>
    public TokenKeySet? Current => keys;

    /// <inheritdoc/>
    public ValueTask LookForNewAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
}
