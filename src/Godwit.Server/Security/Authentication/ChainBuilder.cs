using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication.Http;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Security.Authentication.Scram;
using Godwit.Server.Security.Authentication.Tokens;

namespace Godwit.Server.Security.Authentication;

/// <summary>Makes the chains of a configuration, and finds all that is wrong with it.</summary>
internal sealed class ChainBuilder(AuthenticationSettings settings, ChainShare share, HashScheduler scheduler)
{
    private readonly List<string> _errors = [];
    private readonly List<string> _findings = [];
    private readonly List<string> _files = [];
    private readonly List<string> _secretFiles = [];
    private readonly Dictionary<string, IAuthenticator> _sources = new(StringComparer.Ordinal);

    /// <summary>Makes them.</summary>
    /// <param name="listeners">They may name chains.</param>
    /// <param name="before">Sources that have not changed are taken from here, with what they remember; null: there is none.</param>
    /// <exception cref="AuthenticationFileException">All errors at once.</exception>
    internal ChainSet Build(IReadOnlyList<ListenerOptions> listeners, ChainSet? before)
    {
        var order = new List<IAuthenticator>();
        try
        {
            foreach (var source in Settings())
            {
                Add(order, source.FullName, () => Make(source, before));
            }

            foreach (var own in settings.Own)
            {
                Add(order, own.Name, () => own);
            }

            var named = NamedChains();
            CheckListeners(listeners, named);
            if (_errors.Count > 0)
            {
                throw new AuthenticationFileException(_errors);
            }

            return new ChainSet
            {
                Default = Chain(order, settings.UserNameAsClientId),
                Named = named,
                Sources = _sources,
                IsOpen = listeners.All(listener => IsOpen(listener, order, named)),
                Files = _files,
                SecretFiles = _secretFiles,
                Findings = _findings,
            };
        }
        catch (AuthenticationFileException)
        {
            DisposeNew(before);
            throw;
        }
    }

    private IEnumerable<SourceSettings> Settings() => settings.PasswordFile is { } file
        ? settings.Sources.Prepend(new SourceSettings { Kind = SourceKind.PasswordFile, File = file })
        : settings.Sources;

    private void Add(List<IAuthenticator> order, string name, Func<IAuthenticator> make)
    {
        try
        {
            if (_sources.ContainsKey(name))
            {
                _errors.Add($"Authentication:Sources: two sources are named '{name}'; give each a Name of its own");
                return;
            }

            var source = make();
            _sources.Add(name, source);
            order.Add(source);
        }
        catch (AuthenticationFileException exception)
        {
            _errors.AddRange(exception.Errors);
        }
    }

    private IAuthenticator Make(SourceSettings source, ChainSet? before) => source.Kind switch
    {
        SourceKind.PasswordFile => PasswordFileOf(source, before),
        SourceKind.Jwt => new TokenAuthenticator(source.FullName, source.Jwt, TokenKeysOf(source), share.Time),
        SourceKind.Http => HttpOf(source),
        SourceKind.Postgres => DatabaseOf(source),
        SourceKind.Scram => new ScramAuthenticator(source.FullName, ScramFile.Read(FileOf(source.File, source.FullName, "File"))),
        _ => new UnprovedAuthenticator(source.FullName),
    };

    private PasswordAuthenticator PasswordFileOf(SourceSettings source, ChainSet? before)
    {
        var file = PasswordFile.Read(FileOf(source.File, source.FullName, "File"));
        if (before?.Sources.GetValueOrDefault(source.FullName) is PasswordAuthenticator { Source: PasswordFileSource old } known
            && string.Equals(old.File.Path, file.Path, StringComparison.Ordinal) && old.File.Content.AsSpan().SequenceEqual(file.Content)
            && known.Rehashes == settings.Rehash)
        {
            return known;
        }

        var weak = file.Users.Values.Count(hash => hash is Sha512Hash or Pbkdf2Hash { Iterations: < Pbkdf2Hash.WeakIterations });
        if (weak > 0)
        {
            _findings.Add($"{file.Path}: {weak} of {file.Users.Count} passwords have weak hashes; set them anew with godwit passwd");
        }

        var rehash = settings.Rehash ? new PasswordRehash(file.Path, scheduler, share.Time, share.Logger) : null;
        return new PasswordAuthenticator(new PasswordFileSource(source.FullName, file), new LoginCache(settings.CacheEntriesMax), scheduler, rehash);
    }

    private ITokenKeys TokenKeysOf(SourceSettings source)
    {
        var jwt = source.Jwt;
        var name = source.FullName;
        if (!TokenKeyLoader.IsComplete(jwt))
        {
            throw new AuthenticationFileException(
                [$"Authentication:Sources: the source '{name}' needs Jwt:Algorithms, and one of Jwt:KeyFile, Jwt:KeyUrl and Jwt:SecretFile"]);
        }

        if (jwt.KeyUrl is not null)
        {
            return new RemoteTokenKeys(name, jwt, share.Time, share.Logger);
        }

        FileOf(jwt.KeyFile ?? jwt.SecretFile, name, "Jwt:KeyFile");
        return TokenKeyLoader.Read(name, jwt);
    }

    private HttpAuthenticator HttpOf(SourceSettings source)
    {
        if (source.Http.Url is null)
        {
            throw new AuthenticationFileException([$"Authentication:Sources: the source '{source.FullName}' needs the key Http:Url"]);
        }

        var token = source.Http.TokenFile is { } file ? SecretFile.ReadLine(FileOf(file, source.FullName, "Http:TokenFile"), "token") : null;
        return new HttpAuthenticator(source.FullName, source.Http, token, share.Time, share.Logger);
    }

    private PasswordAuthenticator DatabaseOf(SourceSettings source)
    {
        if (settings.Database is not { } make || source.Postgres.Connection is null)
        {
            throw new AuthenticationFileException(
            [
                settings.Database is null
                    ? $"Authentication:Sources: the source '{source.FullName}' needs PostgreSQL, which this program was built without"
                    : $"Authentication:Sources: the source '{source.FullName}' needs the key Postgres:Connection",
            ]);
        }

        var password = source.Postgres.PasswordFile is { } file ? SecretFile.ReadLine(FileOf(file, source.FullName, "Postgres:PasswordFile"), "password") : null;
        var database = make(source.FullName, source.Postgres, password, share.Logger);
        return new PasswordAuthenticator(database, new LoginCache(settings.CacheEntriesMax), scheduler);
    }

    private string FileOf(string? file, string source, string key)
    {
        if (file is null)
        {
            throw new AuthenticationFileException([$"Authentication:Sources: the source '{source}' needs the key {key}"]);
        }

        _files.Add(file);
        _secretFiles.Add(file);
        return file;
    }

    private Dictionary<string, AuthenticationChain> NamedChains()
    {
        var named = new Dictionary<string, AuthenticationChain>(StringComparer.Ordinal);
        foreach (var chain in settings.Chains)
        {
            var missing = chain.Sources.Where(name => !_sources.ContainsKey(name ?? "")).ToList();
            if (string.IsNullOrEmpty(chain.Name))
            {
                _errors.Add("Authentication:Chains: a chain has no Name");
            }
            else if (missing.Count > 0)
            {
                _errors.AddRange(missing.Select(name => $"Authentication:Chains: the chain '{chain.Name}' names the source '{name}', which is not there"));
            }
            else if (!named.TryAdd(chain.Name, Chain([.. chain.Sources.Select(name => _sources[name!])], chain.UserNameAsClientId)))
            {
                _errors.Add($"Authentication:Chains: two chains are named '{chain.Name}'");
            }
        }

        return named;
    }

    private void CheckListeners(IReadOnlyList<ListenerOptions> listeners, Dictionary<string, AuthenticationChain> named) =>
        _errors.AddRange(listeners.Select(listener => listener.Authentication)
            .Where(name => name is not null && !named.ContainsKey(name) && !settings.Chains.Any(chain => string.Equals(chain.Name, name, StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal)
            .Select(name => $"Listeners: a listener names the chain '{name}', which is not in Authentication:Chains"));

    private bool IsOpen(ListenerOptions listener, List<IAuthenticator> order, Dictionary<string, AuthenticationChain> named)
    {
        var chain = listener.Authentication is { } name ? named[name] : null;
        return (chain?.Sources.Count ?? order.Count) == 0 && !(chain?.IsUserNameClientId ?? settings.UserNameAsClientId)
            && listener.IsAnonymousAllowed && !Certificates.CertificateAuthenticator.Decides(listener);
    }

    private AuthenticationChain Chain(IReadOnlyList<IAuthenticator> sources, bool isUserNameClientId) =>
        new(sources, isUserNameClientId, share, Nobody(sources));

    private static (PasswordAuthenticator Authenticator, PasswordHash Like)? Nobody(IReadOnlyList<IAuthenticator> sources)
    {
        if (sources.OfType<PasswordAuthenticator>().FirstOrDefault() is not { } authenticator)
        {
            return null;
        }

        var known = (authenticator.Source as PasswordFileSource)?.File.Users.Values.FirstOrDefault();
        return (authenticator, known?.Blank() ?? Pbkdf2Hash.Blank(Pbkdf2Hash.DefaultIterations));
    }

    private void DisposeNew(ChainSet? before)
    {
        foreach (var owned in _sources.Values.OfType<IDisposable>().Where(source => before?.Owned.Contains(source) != true && !settings.Own.Contains((IAuthenticator)source)))
        {
            owned.Dispose();
        }
    }
}
