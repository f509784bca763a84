using System.Text;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Tests;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "[]")]
    [InlineData("a", "[a]")]
    [InlineData("a\n", "[a]")]
    [InlineData("a\n\nb\r\n", "[a][][b\r]")]
    [InlineData("a\0b\nc", "[a\0b][c]")]
    public async Task Lines_end_at_LF_and_nowhere_else(string input, string expected)
    {
        foreach (var pieceSize in new[] { 1, 2, 1000 })
        {
            Assert.Equal(expected, string.Concat((await ReadAsync(Encoding.UTF8.GetBytes(input), pieceSize)).Select(line => $"[{line}]")));
        }
    }

    [Fact]
    public async Task A_line_may_be_longer_than_the_buffer()
    {
        var lines = new[] { new string('x', 70_000), "short", new string('y', 200_000), "" };

        Assert.Equal(lines, await ReadAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), pieceSize: 50_000));
    }

    private static async Task<List<string>> ReadAsync(byte[] input, int pieceSize)
    {
        var reader = new LineReader(new PieceStream(input, pieceSize));
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }

    /// <summary>Gives its bytes in pieces, as a pipe does.</summary>
    private sealed class PieceStream(byte[] bytes, int pieceSize) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(pieceSize, buffer.Length)], cancellationToken);
    }
}
