using System.Collections;
using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>The keys of one section, or of one element of an array.</summary>
/// <typeparam name="TSection">The class that holds the values; a new one has the defaults.</typeparam>
public sealed class KeyTable<TSection> : IEnumerable<KeyTable<TSection>.Row>
    where TSection : class, new()
{
    private readonly List<Row> _rows = [];

    /// <summary>Finds the section, and makes it when it is to be written. Null: it is not there.</summary>
    internal delegate TSection? Finder(ServerOptions options, IReadOnlyList<int> indices, bool isForWriting);

    /// <summary>Adds a key.</summary>
    /// <param name="name">The name, without the section; with colons for a part of it: <c>Tls:CertificateFile</c>.</param>
    /// <param name="type">What it takes, from <see cref="KeyTypes"/>.</param>
    /// <param name="get">Reads it.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="isHot">A reload applies it to the running broker.</param>
    /// <param name="mosquitto">What Mosquitto calls it; empty: nothing.</param>
    /// <param name="meaning">What it is for.</param>
    /// <param name="byDefault">What is shown as the default; null: what a new section has.</param>
    /// <param name="secret">What of it is never shown, and may be said by an environment variable only; null: nothing.</param>
    public void Add<T>(
        string name,
        KeyType<T> type,
        Func<TSection, T> get,
        Action<TSection, T> set,
        bool isHot,
        string mosquitto,
        string meaning,
        string? byDefault = null,
        SecretPart? secret = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(set);
        AddChecked(name, type, get, SetAlways, isHot, mosquitto, meaning, byDefault, secret);

        string? SetAlways(TSection section, T value)
        {
            set(section, value);
            return null;
        }
    }

    /// <summary>Adds a key whose section has the last word about a value: it answers with a sentence that goes on after the key, or null.</summary>
    internal void AddChecked<T>(
        string name,
        KeyType<T> type,
        Func<TSection, T> get,
        Func<TSection, T, string?> set,
        bool isHot,
        string mosquitto,
        string meaning,
        string? byDefault = null,
        SecretPart? secret = null,
        bool reopens = false) =>
        _rows.Add(new Row(name, (path, find) => new Key<T>(type, find, get, set)
        {
            Path = $"{path}:{name}",
            Default = byDefault ?? type.Format(get(new TSection())),
            IsHot = isHot,
            Reopens = reopens,
            Secret = secret,
            Mosquitto = mosquitto,
            Meaning = meaning,
        }));

    /// <inheritdoc/>
    public IEnumerator<Row> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The keys with their full paths.</summary>
    /// <param name="path">Of the section: <c>Limits</c>, <c>Listeners:*</c>.</param>
    /// <param name="find">Finds the section.</param>
    internal IEnumerable<ConfigurationKey> At(string path, Finder find) => _rows.Select(row => row.Bind(path, find));

    /// <summary>One key before it is known where its section stands.</summary>
    public sealed class Row
    {
        internal Row(string name, Func<string, Finder, ConfigurationKey> bind) => (Name, Bind) = (name, bind);

        /// <summary>The name, without the section.</summary>
        public string Name { get; }

        internal Func<string, Finder, ConfigurationKey> Bind { get; }
    }

    private sealed class Key<T>(KeyType<T> type, Finder find, Func<TSection, T> get, Func<TSection, T, string?> set) : ConfigurationKey
    {
        public override KeyType Type => type;

        internal override string? Set(ServerOptions options, IReadOnlyList<int> indices, ConfigurationAssignment assignment)
        {
            // Also with a bad value: the number of an element must not depend on whether the one before it is right.
            var section = find(options, indices, isForWriting: true)!;
            return type.Parse(assignment, out var value) ?? set(section, value);
        }

        internal override void Grow(ServerOptions options, IReadOnlyList<int> indices) => find(options, indices, isForWriting: true);

        internal override string Show(ServerOptions options, IReadOnlyList<int> indices) =>
            find(options, indices, isForWriting: false) is { } section ? type.Format(get(section)) : "";

        internal override void Copy(ServerOptions from, ServerOptions to)
        {
            if (find(from, [], isForWriting: false) is { } section && set(find(to, [], isForWriting: true)!, get(section)) is { } error)
            {
                throw new InvalidOperationException($"{Path} {error}");
            }
        }
    }
}
