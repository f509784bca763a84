using Godwit.Storage.Journals;

namespace Godwit.Storage.Tools;

/// <summary>What an export has written.</summary>
/// <param name="Lines">Lines, with the first one.</param>
/// <param name="Missing">Records that were to be exported and could not be read.</param>
/// <param name="Report">What an opening of the store would report.</param>
public sealed record StoreExport(long Lines, long Missing, RecoveryReport Report)
{
    /// <summary>Everything that was acknowledged is in it.</summary>
    public bool IsComplete => Missing == 0 && Report.IsComplete;
}
