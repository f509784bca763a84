namespace Godwit.Storage.Tools;

/// <summary>
/// How a tool asks a running broker for a backup: by a file in the data directory, which the broker takes away, and another one with the answer.
/// Who can write there may ask; one at a time.
/// </summary>
/// <param name="Id">Tells the answer from others.</param>
/// <param name="Destination">Absolute path of a directory that is empty or does not exist.</param>
public sealed record BackupRequest(Guid Id, string Destination)
{
    /// <summary>The file that asks: the id, and in the next line the destination.</summary>
    public const string FileName = "backup.request";

    private const string AnswerPrefix = "backup.result-";
    private const int SizeMax = 8192;

    /// <summary>The file that answers: what went wrong in its first line, or nothing.</summary>
    public string AnswerName => $"{AnswerPrefix}{Id:N}";

    /// <summary>Asks.</summary>
    /// <exception cref="StoreToolException">Somebody else is asking.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static BackupRequest Place(string directory, string destination)
    {
        var request = new BackupRequest(Guid.NewGuid(), destination);
        var path = Path.Combine(directory, FileName);
        try
        {
            Write(path, request.Id, $"{request.Id}\n{destination}\n", overwrite: false);
            return request;
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new StoreToolException($"Somebody else is asking the broker for a backup ({path}). Try again in a moment; if nobody is, delete that file.", exception);
        }
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

        var request = Read(path);
        File.Delete(path);
        return request;
    }

    /// <summary>Removes requests and answers of an earlier process, for a broker that starts: they are nobody's any more.</summary>
    public static void Clear(string directory)
    {
        foreach (var path in Directory.GetFiles(directory, "backup.*").Where(path => IsOurs(Path.GetFileName(path))))
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Looking at it later will say what is wrong; a broker that starts has better things to do.
            }
        }
    }

    /// <summary>Takes this request back if nobody has taken it, and an answer that comes too late.</summary>
    public void Withdraw(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path) && Read(path)?.Id == Id)
        {
            File.Delete(path);
        }

        File.Delete(Path.Combine(directory, AnswerName));
    }

    /// <summary>Answers, for the broker.</summary>
    /// <param name="directory">Where the request was.</param>
    /// <param name="error">What went wrong; empty: nothing, the backup is complete.</param>
    public void Answer(string directory, string error) => Write(Path.Combine(directory, AnswerName), Id, error.ReplaceLineEndings(" ") + "\n", overwrite: true);

    /// <summary>Looks for the answer, and takes it away.</summary>
    /// <returns>What went wrong; empty: nothing, the backup is complete. Null: there is no answer yet.</returns>
    public string? TryTakeAnswer(string directory)
    {
        var path = Path.Combine(directory, AnswerName);
        if (!File.Exists(path))
        {
            return null;
        }

        var error = File.ReadAllText(path).TrimEnd('\n');
        File.Delete(path);
        return error;
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(FileName, StringComparison.Ordinal) || name.StartsWith(AnswerPrefix, StringComparison.Ordinal);

    /// <summary>Whatever somebody has put there, little of it is read.</summary>
    private static BackupRequest? Read(string path)
    {
        using var reader = new StreamReader(path);
        var text = new char[SizeMax];
        var lines = new string(text, 0, reader.ReadBlock(text, 0, SizeMax)).Split('\n');
        return lines.Length > 2 && Guid.TryParse(lines[0], out var id) ? new BackupRequest(id, lines[1]) : null;
    }

    // Nobody sees half of it.
    private static void Write(string path, Guid id, string text, bool overwrite)
    {
        var unfinished = $"{path}.{id:N}.tmp";
        try
        {
            File.WriteAllText(unfinished, text);
            File.Move(unfinished, path, overwrite);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
