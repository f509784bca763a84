namespace Godwit.Storage.Journals;

/// <summary>A file that belongs into a backup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SizeBytes">So many bytes from its start, or all of it when it has fewer; what is behind them means nothing.</param>
public sealed record BackupFile(string Name, long SizeBytes);
