namespace Godwit.Cli.Clients;

/// <summary>Where the payloads of pub come from.</summary>
internal abstract class PayloadSource
{
    private const long PayloadBytesMax = 268_435_455;       // 2^28 - 1: more does not fit a packet

    /// <summary><c>-n</c>: one empty message.</summary>
    internal static PayloadSource Empty => new Single(_ => new([]));

    /// <summary><c>-s</c>: all of standard input.</summary>
    internal static PayloadSource Input => new Single(ReadInputAsync);

    /// <summary><c>-l</c>: each line of standard input.</summary>
    internal static PayloadSource Lines => new LineByLine();

    /// <summary><c>-m</c>: the text itself.</summary>
    internal static PayloadSource Text(string text) => new Single(_ => new(Topics.Utf8.GetBytes(text)));

    /// <summary><c>-f</c>: the contents of a file.</summary>
    internal static PayloadSource File(string path) => new Single(ct => ReadFileAsync(path, ct));

    /// <summary>What can be read before there is a connection is read now, so that a mistake is told before anything is sent.</summary>
    /// <exception cref="IOException">It cannot be read; the message says what.</exception>
    internal abstract ValueTask PrepareAsync(CancellationToken ct);

    /// <summary>The next payload; null at the end.</summary>
    internal abstract ValueTask<byte[]?> NextAsync(CancellationToken ct);

    private static async ValueTask<byte[]> ReadFileAsync(string path, CancellationToken ct)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException("it is a directory");
            }

            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using (file.ConfigureAwait(false))
            {
                return await ReadAllAsync(file, ct).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : exception.Message;
            throw new IOException($"Unable to read file \"{path}\": {reason.TrimEnd('.')}.", exception);
        }
    }

    private static async ValueTask<byte[]> ReadInputAsync(CancellationToken ct)
    {
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            var bytes = await ReadAllAsync(input, ct).ConfigureAwait(false);
            return bytes.Length > 0 ? bytes : throw new IOException("Standard input is empty; -n publishes an empty message.");
        }
    }

    private static async ValueTask<byte[]> ReadAllAsync(Stream stream, CancellationToken ct)
    {
        var bytes = new byte[stream.CanSeek ? Math.Clamp(stream.Length + 1, 4096, PayloadBytesMax + 1) : 64 * 1024];
        var length = 0;
        while (await stream.ReadAsync(bytes.AsMemory(length), ct).ConfigureAwait(false) is > 0 and var count)
        {
            length += count;
            if (length > PayloadBytesMax)
            {
                throw new IOException($"it has more than {PayloadBytesMax} bytes, the limit of a message");
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, PayloadBytesMax + 1));
            }
        }

        return bytes[..length];
    }

    private sealed class Single(Func<CancellationToken, ValueTask<byte[]>> read) : PayloadSource
    {
        private byte[]? _payload;

        internal override async ValueTask PrepareAsync(CancellationToken ct) => _payload = await read(ct).ConfigureAwait(false);

        internal override ValueTask<byte[]?> NextAsync(CancellationToken ct)
        {
            var payload = _payload;
            _payload = null;
            return new(payload);
        }
    }

    private sealed class LineByLine : PayloadSource
    {
        private readonly LineReader _lines = new(Console.OpenStandardInput());

        internal override ValueTask PrepareAsync(CancellationToken ct) => ValueTask.CompletedTask;

        internal override ValueTask<byte[]?> NextAsync(CancellationToken ct) => _lines.ReadAsync(ct);
    }
}
