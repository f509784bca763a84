namespace Godwit.Storage.Tools;

/// <summary>
/// How a tool asks a running broker for a backup: by a file in the data directory, which the broker takes away, and another one with the answer.
/// Who can write there may ask.
/// </summary>
/// <param name="Id">Tells the answer from an older one.</param>
/// <param name="Destination">Absolute path of a directory that is empty or does not exist.</param>
public sealed record BackupRequest(Guid Id, string Destination)
{
    /// <summary>The file that asks: the id, and in the next line the destination.</summary>
    public const string FileName = "backup.request";

    /// <summary>The file that answers: the id, and in the next line what went wrong, or nothing.</summary>
    public const string AnswerName = "backup.result";

    /// <summary>Asks.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static BackupRequest Place(string directory, string destination)
    {
        var request = new BackupRequest(Guid.NewGuid(), destination);
        File.Delete(Path.Combine(directory, AnswerName));
        Write(directory, FileName, request.Id, destination);
        return request;
    }

    /// <summary>Takes a request away, for the broker.</summary>
    /// <returns>Null: there is none, or it makes no sense.</returns>
    /// <exception cref="IOException">It cannot be read or removed.</exception>
    public static BackupRequest? TryTake(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        var lines = File.ReadAllLines(path);
        File.Delete(path);
        return lines.Length >= 2 && Guid.TryParse(lines[0], out var id) ? new BackupRequest(id, lines[1]) : null;
    }

    /// <summary>Takes back what nobody has taken.</summary>
    /// <returns>False: the broker has taken it.</returns>
    public static bool TryWithdraw(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var isThere = File.Exists(path);
        File.Delete(path);
        return isThere;
    }

    /// <summary>Answers, for the broker.</summary>
    /// <param name="directory">Where the request was.</param>
    /// <param name="error">What went wrong; empty: nothing, the backup is complete.</param>
    public void Answer(string directory, string error) => Write(directory, AnswerName, Id, error.ReplaceLineEndings(" "));

    /// <summary>Looks for the answer, and takes it away.</summary>
    /// <returns>What went wrong; empty: nothing, the backup is complete. Null: there is no answer yet.</returns>
    public string? TryTakeAnswer(string directory)
    {
        var path = Path.Combine(directory, AnswerName);
        if (!File.Exists(path))
        {
            return null;
        }

        var lines = File.ReadAllLines(path);
        if (lines.Length < 2 || !Guid.TryParse(lines[0], out var id) || id != Id)
        {
            return null;
        }

        File.Delete(path);
        return lines[1];
    }

    // Nobody sees half of it.
    private static void Write(string directory, string name, Guid id, string line)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path + ".tmp", $"{id}\n{line}\n\n");
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
