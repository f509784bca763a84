using Godwit.Storage.Journals;

namespace Godwit.Server.Storage;

/// <summary>Copies the files of a store: <see cref="Godwit.Storage.Tools.StoreBackup.CopyDirectory"/>.</summary>
internal delegate void BackupCopier(string directory, string destination, IReadOnlyList<BackupFile> files, Action<long> onCopied, CancellationToken cancellationToken);
